"""A made-up site of any size, the same for the same seed: who is there and what they wrote.

Each module is one step: `words` are put together to `texts`; `people` follow each other; `plan`
says who wrote when and in answer to what; `rows` are what the database is given of all that.
"""
