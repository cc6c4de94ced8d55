"""What people intend to do: who talks with whom, when they are there, what they start.

Nothing here knows a design: the same people press the same keys whatever carries them. Start at
`sim.workload.build`; the scenario's sections are in `sim.workload.spec`.
"""
