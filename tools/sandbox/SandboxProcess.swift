import Glibc

/// Runs the stand-ins as a process of their own, until SIGINT or SIGTERM.
///
/// Call it on the main thread before others are started: they inherit the blocked signals.
/// `ready` is called once they listen.
public func runSandbox(
  _ settings: SandboxSettings, ready: (Sandbox) -> Void
) throws(SandboxError) {
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGINT)
  sigaddset(&signals, SIGTERM)
  pthread_sigmask(SIG_BLOCK, &signals, nil)
  let sandbox = try Sandbox.start(settings)
  ready(sandbox)
  var signal: Int32 = 0
  sigwait(&signals, &signal)
  sandbox.stop()
}
