import Foundation
import Gateways
import HTTP
import Kernel

extension Weir {
  /// What routes of accounts work with; nil where no key for accounts is configured.
  func accountDesk() -> AccountDesk? {
    AccountDesk(configuration, directory: accounts, mailer: mailer)
  }

  static func mailer(_ configuration: Configuration, _ logger: Logger) -> any Mailer {
    if let smtp = configuration.smtp {
      return SMTPMailer(
        SMTPClient(url: smtp.url, user: smtp.user, password: smtp.password.reveal()),
        sender: smtp.from, clock: Self.clock, logger: logger)
    }
    return FolderMailer(
      folder: DataFolder(configuration.data).mail, clock: Self.clock, logger: logger)
  }

  /// Headers of every answer; over https browsers are told to use nothing else.
  static func standingHeaders(_ configuration: Configuration) -> HTTPHeaders {
    var headers = Edge.standingHeaders
    if configuration.publicURL?.hasPrefix("https://") ?? false {
      headers.set("Strict-Transport-Security", "max-age=31536000")
    }
    return headers
  }

  /// The web app of the folder that is configured, or of `web` beside the program; nil where there
  /// is neither.
  func staticFiles() throws(WeirFailure) -> StaticFiles? {
    let isSecure = configuration.publicURL?.hasPrefix("https://") ?? false
    let beside = (Bundle.main.executablePath ?? "").split(separator: "/").dropLast()
      .joined(separator: "/")
    guard let folder = configuration.web ?? Self.existing("/\(beside)/web") else { return nil }
    do throws(StaticFiles.Failure) {
      return try StaticFiles(folder: folder, isSecure: isSecure)
    } catch {
      throw .configuration("the web app can't be served: \(error.words)")
    }
  }

  private static func existing(_ folder: String) -> String? {
    FileManager.default.fileExists(atPath: folder + "/index.html") ? folder : nil
  }
}
