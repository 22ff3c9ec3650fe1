/// The transfer protocol and its recovery as an explicit-state model (reliability 3.4, 3.6, 3.7).
///
/// `Rules` says which protocol is played and how many faults of each kind may happen;
/// `World` is what log, processes, network and chain hold; `World.after` is the one place that says
/// what each `Action` does and when it can't happen. `Exploration` goes through every interleaving
/// and checks every `Promise` in every state; `Trace` asks whether what a real log and chain did is
/// one of those interleavings, and `Trace.read` takes it from facts.
///
/// A state between *sign* and *make durable* is left out: the bytes are the same each time, so a
/// crash in between leaves nothing behind. Sending what isn't durable is a broken variant.
/// A batch is a need: whatever exchange a payment of it funds, two payments break `paidOnce`, so
/// that promise covers *one funded exchange per need* (I21) as well.
public enum Model {}
