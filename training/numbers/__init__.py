"""The house numbers HP-01 …: thresholds a spa may change, each from one place."""
