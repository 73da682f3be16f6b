"""What conversations use: counted by conversation and by day, against a daily budget.

Here belong the counts, the budget and the file that keeps them. What a token costs in
money does not: prices change, and the server's bill is the one that counts.
"""
