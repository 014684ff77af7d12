# What all pages share.

skip-link = Ir para o conteúdo principal
