"""The only place for item types, banks, drawing and marking; what is asked, never who is asked."""
