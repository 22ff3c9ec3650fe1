import Kernel
import Testing

@testable import Gateways

@Suite struct ERC20Tests {
  struct File: Decodable {
    struct Call: Decodable {
      let fn: String
      let args: [String]
      let calldata: String
    }
    struct Selector: Decodable {
      let signature: String
      let selector: String
    }
    struct Topic: Decodable {
      let signature: String
      let topic: String
    }
    let usdtMainnet: String
    let usdtDecimals: Int
    let calldata: [Call]
    let selectors: [Selector]
    let topics: [Topic]
  }
  let file: File
  let wallet = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
  let client = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"

  init() throws {
    file = try Vectors.read("erc20")
  }

  @Test("does: the published call data of transfer and balanceOf; refuses what Int128 can't hold")
  func callData() throws {
    var seen = 0
    for vector in file.calldata {
      let data = try #require(Hex.bytes(vector.calldata))
      switch vector.fn {
      case "transfer(address,uint256)":
        seen += 1
        guard let amount = Int128(vector.args[1]) else {
          #expect(ERC20.readTransfer(data) == nil)
          continue
        }
        #expect(ERC20.transfer(to: vector.args[0], amount: amount) == data)
        let read = try #require(ERC20.readTransfer(data))
        #expect(read.to == vector.args[0] && read.amount == amount)
      case "balanceOf(address)":
        seen += 1
        #expect(ERC20.balance(of: vector.args[0]) == data)
        #expect(ERC20.readBalance(data) == vector.args[0])
      default:
        #expect(ERC20.readTransfer(data) == nil && ERC20.readBalance(data) == nil)
      }
    }
    #expect(seen == 4)
  }

  @Test("does: selectors and topics are hashes of their signatures")
  func hashes() throws {
    for vector in file.selectors {
      let hash = Keccak.hash(Array(vector.signature.utf8))
      #expect(Hex.text(Array(hash.prefix(4))) == vector.selector)
    }
    for vector in file.topics {
      #expect(Hex.text(Keccak.hash(Array(vector.signature.utf8))) == vector.topic)
    }
    let transfer = file.topics.first { $0.signature == "Transfer(address,address,uint256)" }
    #expect(transfer?.topic == ERC20.transferTopic)
    #expect(Asset.usdt.contract == file.usdtMainnet && Asset.usdt.decimals == file.usdtDecimals)
  }

  @Test("refuses: call data that only looks like a transfer")
  func lookAlikes() throws {
    let data = try #require(ERC20.transfer(to: client, amount: 5))
    #expect(ERC20.readTransfer(data + [0]) == nil)
    #expect(ERC20.readTransfer(Array(data.dropLast())) == nil)
    var dirty = data
    dirty[4] = 1
    #expect(ERC20.readTransfer(dirty) == nil)
  }

  @Test("does: pays ETH by value and tokens by their contract")
  func paying() throws {
    let eth = try #require(EthereumCall.paying(Money(7, .eth), from: wallet, to: client))
    #expect(eth == EthereumCall(from: wallet, to: client, value: 7))
    let usdt = try #require(EthereumCall.paying(Money(7, .usdt), from: wallet, to: client))
    #expect(usdt.to == file.usdtMainnet && usdt.value == 0)
    #expect(usdt.data == ERC20.transfer(to: client, amount: 7))
    let other = EthereumCall.paying(Money(7, .usdt), from: wallet, to: client, contract: wallet)
    #expect(other?.to == wallet)
  }

  @Test("refuses: to pay nothing, nobody, itself, the token, or in what can't be sent")
  func notPaying() {
    func call(_ money: Money, _ to: String) -> EthereumCall? {
      EthereumCall.paying(money, from: wallet, to: to)
    }
    let zero = "0x0000000000000000000000000000000000000000"
    #expect(call(Money(0, .usdt), client) == nil && call(Money(-1, .eth), client) == nil)
    #expect(call(Money(1, .eth), zero) == nil && call(Money(1, .usdt), zero) == nil)
    #expect(call(Money(1, .eth), wallet) == nil)
    #expect(call(Money(1, .eth), wallet.lowercased()) == nil)
    #expect(call(Money(1, .usdt), file.usdtMainnet) == nil)
    #expect(call(Money(1, .usd), client) == nil)
    #expect(call(Money(1, .usdt), "TEmGwPeRTPiLFLVfBxXkSP91yc5GMNQhfS") == nil)
  }
}
