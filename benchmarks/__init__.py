"""How fast is this, next to the queues a team would reach for instead?"""
