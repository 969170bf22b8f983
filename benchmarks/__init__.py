"""How fast is it, beside others and beside itself?"""
