"""The menus: the present state above, a list below, and what was picked done by the plain command of the same meaning.

items      what stands in which menu, as data
header     the present state, in lines
run        shows a menu until somebody leaves it
"""
