# The desk and the board: what volunteers, supervisors and professionals read.

desk-name = Wideawake desk
