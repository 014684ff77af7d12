# What all pages share.

skip-link = Ir al contenido principal
