public import Kernel

/// A transfer whose nonce is given and not consumed, as the log knows it: all that is needed to
/// send it, watch it, and see that it needs another attempt.
public struct OpenTransfer: Hashable, Sendable {
  /// One signed transaction of the nonce.
  public enum Attempt: Hashable, Sendable {
    case payment(TransferEvent.Signed)
    case cancel(TransferEvent.CancelSigned)

    public var number: Int {
      switch self {
      case .payment(let e): e.attempt
      case .cancel(let e): e.attempt
      }
    }
    public var hash: String {
      switch self {
      case .payment(let e): e.hash
      case .cancel(let e): e.hash
      }
    }
    public var raw: String {
      switch self {
      case .payment(let e): e.raw
      case .cancel(let e): e.raw
      }
    }
    public var maxFeePerGas: String {
      switch self {
      case .payment(let e): e.maxFeePerGas
      case .cancel(let e): e.maxFeePerGas
      }
    }
    public var maxPriorityFeePerGas: String {
      switch self {
      case .payment(let e): e.maxPriorityFeePerGas
      case .cancel(let e): e.maxPriorityFeePerGas
      }
    }
    public var isCancel: Bool {
      switch self {
      case .payment: false
      case .cancel: true
      }
    }
  }

  public internal(set) var requested: TransferEvent.Requested
  public internal(set) var reserved: TransferEvent.NonceReserved
  /// In the order they were signed, so that the last offers most.
  public internal(set) var attempts: [Attempt] = []
  /// Set once the nonce is to be closed without a payment.
  public internal(set) var cancel: TransferEvent.CancelRequested?
  /// An attempt that is about to be signed.
  public internal(set) var bump: TransferEvent.BumpRequested?
  /// The swap it funds; nil where it pays a client directly.
  public internal(set) var swap: SplitEvent.SwapOpened?

  public var id: TransferID { requested.transfer }
  public var nonce: Int { reserved.nonce }
}

extension OpenTransfer {
  /// The facts it is made of, in an order that makes it again.
  var facts: [TransferEvent] {
    let payments = attempts.filter { !$0.isCancel }
    let cancels = attempts.filter(\.isCancel)
    return [.nonceReserved(reserved)] + payments.map(\.fact)
      + (cancel.map { [.cancelRequested($0)] } ?? []) + cancels.map(\.fact)
      + (bump.map { [.bumpRequested($0)] } ?? [])
  }

  init(_ requested: TransferEvent.Requested, _ reserved: TransferEvent.NonceReserved) {
    self.requested = requested
    self.reserved = reserved
  }

  /// Takes a fact of its own in.
  mutating func take(_ event: TransferEvent) {
    switch event {
    case .signed(let e):
      attempts.append(.payment(e))
      bump = nil
    case .cancelSigned(let e):
      attempts.append(.cancel(e))
      bump = nil
    case .bumpRequested(let e): bump = e
    case .cancelRequested(let e):
      cancel = e
      // What was not signed by now never is.
      bump = nil
    case .requested, .nonceReserved, .confirmed, .reverted, .cancelled, .parked, .released,
      .guarded:
      break
    }
  }
}

extension OpenTransfer.Attempt {
  fileprivate var fact: TransferEvent {
    switch self {
    case .payment(let e): .signed(e)
    case .cancel(let e): .cancelSigned(e)
    }
  }
}
