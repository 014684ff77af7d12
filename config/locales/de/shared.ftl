# What all pages share.

skip-link = Zum Hauptteil springen
