import Glibc
import Support

exit(Appender.run(Array(CommandLine.arguments.dropFirst())))
