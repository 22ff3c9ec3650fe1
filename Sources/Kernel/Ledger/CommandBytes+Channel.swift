// What each command about a channel says, in the order of its values.

extension ChannelCommand {
  func write(to bytes: inout CommandBytes) {
    switch self {
    case .register(let channel):
      bytes.put("channel.register" as StaticString)
      bytes.put(channel)
    case .changePayoutSettings(let channel, let payout):
      bytes.put("channel.changePayoutSettings" as StaticString)
      bytes.put(channel)
      bytes.put(payout)
    case .edit(let channel, let form, let version):
      bytes.put("channel.edit" as StaticString)
      bytes.put(channel)
      bytes.put(form)
      bytes.put(version)
    case .endHold(let channel, let effective):
      bytes.put("channel.endHold" as StaticString)
      bytes.put(channel)
      bytes.put(effective)
    case .cancelPayoutChange(let channel, let reason):
      bytes.put("channel.cancelPayoutChange" as StaticString)
      bytes.put(channel)
      bytes.put(reason)
    case .net(let channel, let reason):
      bytes.put("channel.net" as StaticString)
      bytes.put(channel)
      bytes.put(reason)
    case .forgive(let channel, let reason):
      bytes.put("channel.forgive" as StaticString)
      bytes.put(channel)
      bytes.put(reason)
    case .close(let channel, let version, let reason):
      bytes.put("channel.close" as StaticString)
      bytes.put(channel)
      bytes.put(version)
      bytes.put(reason)
    }
  }
}
