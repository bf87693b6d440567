"""The only place for what every page shares: access, errors, forms, headers, navigation and templating."""
