"""Server-side parts that designs are composed of: balancer, backplane, store, costs."""
