# What all pages share.

skip-link = Skip to the main part
