import Glibc

let code = WeirTool.run(Array(CommandLine.arguments.dropFirst()))
// Not `exit`: its destructors would take from under threads that still answer what they use, and a
// service that was told to stop would end by SIGABRT.
fflush(nil)
_exit(code.rawValue)
