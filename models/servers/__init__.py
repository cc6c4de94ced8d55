"""What servers do: take in, store, fan out; the balancer, and what work costs."""
