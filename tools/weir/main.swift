import Glibc

exit(WeirTool.run(Array(CommandLine.arguments.dropFirst())).rawValue)
