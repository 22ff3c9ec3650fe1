/// What is known of a transfer.
struct TransferState: Sendable {
  enum Phase: Hashable, Sendable {
    case requested
    case reserved
    case signed
    case confirmed(hash: String)
    case reverted
    case cancelled
  }

  /// One signed transaction of the nonce; fees in wei.
  struct Attempt: Hashable, Sendable {
    var hash = ""
    var isCancel = false
    var maxFeePerGas = ""
    var maxPriorityFeePerGas = ""
  }

  var requested: TransferEvent.Requested
  var phase = Phase.requested
  var nonce: TransferEvent.NonceReserved?
  /// Every signed attempt of the nonce.
  var attempts: [Attempt] = []
  /// The replacement that is to be signed.
  var bump: TransferEvent.BumpRequested?
  /// From here on only cancels are signed.
  var cancel: TransferEvent.CancelRequested?
  /// Wei of gas that the wallet keeps for the nonce: the most that any attempt may cost.
  var promisedGas: Int128 = 0
  var isParked = false

  /// True while the nonce is given and not consumed.
  var isNonceOpen: Bool {
    switch phase {
    case .reserved, .signed: true
    case .requested, .confirmed, .reverted, .cancelled: false
    }
  }

  func signed(_ hash: String, isCancel: Bool) -> Bool {
    attempts.contains { $0.hash == hash && $0.isCancel == isCancel }
  }
}

extension TransferState {
  static let blank = TransferState(requested: TransferEvent.Requested())

  mutating func list(_ fields: inout StateFields) {
    fields.fact("requested", &requested)
    phase.list(&fields)
    fields.fact("nonce", &nonce)
    fields.list("attempts", &attempts, blank: Attempt()) { attempt, fields in
      fields.text("hash", &attempt.hash)
      fields.flag("isCancel", &attempt.isCancel)
      fields.text("maxFeePerGas", &attempt.maxFeePerGas)
      fields.text("maxPriorityFeePerGas", &attempt.maxPriorityFeePerGas)
    }
    fields.fact("bump", &bump)
    fields.fact("cancel", &cancel)
    fields.number("promisedGas", &promisedGas)
    fields.flag("isParked", &isParked)
  }
}

extension TransferState.Phase {
  fileprivate mutating func list(_ fields: inout StateFields) {
    var (place, hash) =
      switch self {
      case .requested: (0, "")
      case .reserved: (1, "")
      case .signed: (2, "")
      case .confirmed(let hash): (3, hash)
      case .reverted: (4, "")
      case .cancelled: (5, "")
      }
    fields.number("phase", &place)
    fields.text("hash", &hash)
    let all: [Self] = [
      .requested, .reserved, .signed, .confirmed(hash: hash), .reverted, .cancelled,
    ]
    guard all.indices.contains(place) else { return fields.refuse() }
    self = all[place]
  }
}

extension LedgerState {
  mutating func evolve(_ event: TransferEvent) {
    switch event {
    case .requested(let e): splits.request(e)
    case .nonceReserved(let e):
      splits.change(e.transfer) { transfer in
        transfer.nonce = e
        transfer.phase = .reserved
        wallet?.promise(transfer.requested.amount)
      }
      promiseGas(e.transfer, e.gasLimit, e.maxFeePerGas)
      changeSplit(of: e.transfer) { $0.generation = e.generation }
    case .bumpRequested(let e):
      splits.change(e.transfer) { $0.bump = e }
      promiseGas(e.transfer, e.gasLimit, e.maxFeePerGas)
    case .signed(let e):
      sign(e.transfer, e.hash, isCancel: false, e.maxFeePerGas, e.maxPriorityFeePerGas)
    case .cancelSigned(let e):
      sign(e.transfer, e.hash, isCancel: true, e.maxFeePerGas, e.maxPriorityFeePerGas)
    case .cancelRequested(let e):
      splits.change(e.transfer) { transfer in
        transfer.cancel = e
        // What was not signed by now never is.
        transfer.bump = nil
        if e.nonce == nil { transfer.phase = .cancelled }
      }
      if e.nonce == nil { changeSplit(of: e.transfer) { $0.mayHaveSent = false } }
    case .confirmed(let e):
      differences.note(block: e.block)
      close(e.transfer, .confirmed(hash: e.hash))
    case .reverted(let e):
      differences.note(block: e.block)
      close(e.transfer, .reverted)
    case .cancelled(let e):
      differences.note(block: e.block)
      close(e.transfer, .cancelled)
      changeSplit(of: e.transfer) { $0.mayHaveSent = false }
    case .parked(let e): splits.park(e.transfer)
    case .guarded: break
    case .released(let e): release(e.transfer)
    }
  }

  private mutating func sign(
    _ id: TransferID, _ hash: String, isCancel: Bool, _ fee: String, _ tip: String
  ) {
    splits.change(id) { transfer in
      transfer.attempts.append(
        TransferState.Attempt(
          hash: hash, isCancel: isCancel, maxFeePerGas: fee, maxPriorityFeePerGas: tip))
      transfer.bump = nil
      transfer.phase = .signed
    }
  }

  /// CH-13: the dearest attempt is what the nonce may cost.
  private mutating func promiseGas(_ id: TransferID, _ limit: Int, _ fee: String) {
    let gas = WalletState.gas(limit, fee)
    splits.change(id) { transfer in
      let more = max(0, gas - transfer.promisedGas)
      transfer.promisedGas += more
      wallet?.promise(Money(more, .eth))
    }
  }

  private mutating func changeSplit(of id: TransferID, _ edit: (inout SplitState) -> Void) {
    if let split = id.split { splits.change(split, edit) }
  }

  private mutating func release(_ id: TransferID) {
    splits.change(id) { transfer in
      transfer.isParked = false
      guard !transfer.isNonceOpen else { return }
      transfer = TransferState(requested: transfer.requested)
    }
    changeSplit(of: id) { split in
      split.mayHaveSent = true
      split.isHostpayHeld = false
      // A person's word for the transfer is one for what it pays.
      if split.phase == .held { split.phase = .opened }
    }
  }

  private mutating func close(_ id: TransferID, _ phase: TransferState.Phase) {
    var wasSigned = false
    splits.change(id) { wasSigned = $0.phase == .signed }
    precondition(wasSigned, "I8: \(id) closed twice, or before it was signed")
    closeNonce(of: id, phase)
  }

  /// Something else consumed its nonce for good, signed or not: its value is still ours.
  mutating func loseNonce(of id: TransferID) {
    // Where only the wallet's facts are taken in there is none.
    guard let transfer = splits.transfer(id, channels) else { return }
    precondition(transfer.isNonceOpen, "I8: \(id) loses a nonce it hasn't")
    closeNonce(of: id, .reverted)
  }

  private mutating func closeNonce(of id: TransferID, _ phase: TransferState.Phase) {
    splits.change(id) { transfer in
      transfer.phase = phase
      transfer.bump = nil
      wallet?.openNonces -= 1
      wallet?.promise(-transfer.requested.amount)
      wallet?.promise(Money(-transfer.promisedGas, .eth))
      transfer.promisedGas = 0
    }
  }
}
