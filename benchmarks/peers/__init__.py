"""The queues that a team would reach for, each set up as its documentation recommends. For the benchmark alone."""
