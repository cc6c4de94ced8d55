"""Server-side parts that designs are composed of: the balancer, and what work costs."""
