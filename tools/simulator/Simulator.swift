// The deterministic simulator: years of the service's life in minutes, seed by seed.
//
// What runs is the service: its machine over its file store, its deciders and sagas, its performer,
// gateways, JSON and signatures, its routes. What is simulated is everything around it: the disk,
// the process and its deaths, the clock, the network, and, by the sandbox's stand-ins, the payment
// provider, the swap provider and the chain. All of it lives on one thread and in one course of
// time (Timeline); `async` code runs where that course says (StepExecutor).
//
// A seed's life (reliability 4.3):
//   Plan                what is drawn before anything happens: faults, rates, people, pace
//   Simulation          the course of events; 30 days of trouble, two of healing
//   …+Service           the process: starts, turns, group commits, deaths
//   …+Network           calls to the providers, lost, late and doubled
//   …+Notices, …+People the payment provider's notices; owners and subscribers
//   …+Trouble           what comes over the whole world, and how it heals
//   …+Operators, …+Rulings  people who approve transfers and rule on payments, late or never
//   …+Recovery, …+Adoption  an older copy in the log's place, and the ways back
//   …+Proofs, …+Tables  checkpoints and their witness; the tables, behind the log
//   Witness             what must never be, looked at with every fact (reliability 3.8)
//   …+Judging           what must be so at the end
// Around it: Disk/ (a disk that loses what isn't synced; the log's own tests use it too), Marks
// (what was seen how often), Campaign (many seeds in processes), Shrinking (the least that fails).
