# The desk and the board: what volunteers, supervisors and professionals read.

desk-name = Mesa de Wideawake
