package ai.a5c.krate.postgres.embedded;

import ai.a5c.krate.spi.database.DatabaseFailedException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who the programs of PostgreSQL run as. They refuse to run as root. */
final class Account {
  private static final List<String> UNPRIVILEGED_USERS = List.of("postgres", "nobody");

  private final List<String> prefix;
  private final @Nullable UserPrincipal owner;
  private final boolean ownSession;

  private Account(List<String> prefix, @Nullable UserPrincipal owner, boolean ownSession) {
    this.prefix = List.copyOf(prefix);
    this.owner = owner;
    this.ownSession = ownSession;
  }

  /** Finds the way that works on this system for programs whose files are in the folder. */
  static Account forProgramsIn(Path home) throws IOException, InterruptedException {
    boolean ownSession = Command.succeeds(List.of("setsid", "true"));
    if (!isRoot(home)) {
      return new Account(List.of(), null, ownSession);
    }
    List<String> namespace = List.of("unshare", "--user");
    if (Command.succeeds(with(namespace, "true"))) {
      return new Account(namespace, null, ownSession);
    }
    for (String user : UNPRIVILEGED_USERS) {
      List<String> prefix =
          List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups");
      if (Command.succeeds(with(prefix, "true"))) {
        UserPrincipal owner =
            home.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
        var account = new Account(prefix, owner, ownSession);
        account.own(home);
        if (Command.succeeds(with(prefix, "test", "-w", home.toString()))) {
          return account;
        }
      }
    }
    throw new DatabaseFailedException(
        "PostgreSQL does not run as root, and neither a user namespace (unshare --user) nor an"
            + (" unprivileged user that can reach " + home + " is to be had:")
            + " start Krate as an ordinary user, or name a database of your own");
  }

  /** The command as this account runs it. */
  List<String> command(List<String> command) {
    var whole = new ArrayList<>(prefix);
    whole.addAll(command);
    return whole;
  }

  /** The same in a session of its own, so that a Ctrl-C at the terminal is not for PostgreSQL. */
  List<String> daemon(List<String> command) {
    List<String> whole = command(command);
    if (ownSession) {
      whole.addFirst("setsid");
    }
    return whole;
  }

  /** Gives a file or folder, with all that is in it, to the account. */
  void own(Path path) throws IOException {
    UserPrincipal user = owner;
    if (user == null) {
      return;
    }
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.setOwner(folder, user);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!attributes.isSymbolicLink()) {
              Files.setOwner(file, user);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static List<String> with(List<String> prefix, String... command) {
    var whole = new ArrayList<>(prefix);
    whole.addAll(List.of(command));
    return whole;
  }

  private static boolean isRoot(Path home) throws IOException {
    if (!home.getFileSystem().supportedFileAttributeViews().contains("unix")) {
      return false;
    }
    Path probe = Files.createTempFile(home, "owner", null);
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(probe, "unix:uid"));
    } finally {
      Files.delete(probe);
    }
  }
}
