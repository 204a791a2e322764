package ai.a5c.krate.core.push;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.git.ObjectId;
import ai.a5c.krate.api.git.RefName;
import ai.a5c.krate.spi.git.Quarantine;
import ai.a5c.krate.spi.git.RefUpdate;
import ai.a5c.krate.spi.storage.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class PushCommandTest {
  private static final String URL = "https://forge.example.org/acme/web.git";
  private static final ObjectId ONE = ObjectId.of("1".repeat(40));
  private static final ObjectId TWO = ObjectId.of("2".repeat(40));

  private record Pushed(List<RefUpdate> updates, boolean atomic, List<String> options)
      implements Quarantine {
    @Override
    public Optional<ObjectId> mergeCommit(ObjectId target, @Nullable ObjectId without) {
      throw new UnsupportedOperationException("a command asks for no merges");
    }

    @Override
    public List<Operation.MoveRef> prepare(Collection<RefUpdate> accepted) {
      throw new UnsupportedOperationException("a command prepares nothing");
    }
  }

  private static String command(boolean atomic, List<String> options, RefUpdate... updates) {
    var pushed = new Pushed(List.of(updates), atomic, options);
    return PushCommand.of(URL, pushed, pushed.updates());
  }

  private static RefName ref(String name) {
    return new RefName(name);
  }

  /** The words that bash makes of a command. */
  private static List<String> words(String command) throws Exception {
    String script = "git() { printf '%s\\0' \"$@\"; }\n" + command + "\n";
    Process bash = new ProcessBuilder("bash", "--norc", "-c", script).start();
    bash.getOutputStream().close();
    String out = new String(bash.getInputStream().readAllBytes(), "UTF-8");
    assertThat(bash.waitFor()).isZero();
    return List.of(out.substring(0, out.length() - 1).split("\0", -1));
  }

  @Example
  void eachUpdateIsNamedByItsObject() {
    assertThat(
            command(
                false,
                List.of(),
                new RefUpdate(ref("refs/heads/new"), null, ONE, false),
                new RefUpdate(ref("refs/heads/forced"), ONE, TWO, true),
                new RefUpdate(ref("refs/heads/gone"), ONE, null, true)))
        .isEqualTo(
            "git push "
                + URL
                + " "
                + ONE
                + ":refs/heads/new +"
                + TWO
                + ":refs/heads/forced :refs/heads/gone");
  }

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.strings()
        .withCharRange('!', '~')
        .withChars("éß日本'\"$`;&|()<>#!")
        .ofMinLength(1)
        .ofMaxLength(20)
        .map(name -> "refs/heads/" + name)
        .filter(PushCommandTest::isRef);
  }

  private static boolean isRef(String name) {
    try {
      return new RefName(name).toString().equals(name);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Property(tries = 100)
  void everyRefIsOneWord(@ForAll("names") String name) throws Exception {
    assertThat(words(command(true, List.of(), new RefUpdate(ref(name), null, ONE, false))))
        .containsExactly("push", "--atomic", URL, ONE + ":" + name);
  }

  @Property(tries = 100)
  void everyOptionIsOneWord(@ForAll String any) throws Exception {
    String option = any.replace("\0", "");

    assertThat(
            words(
                command(
                    false, List.of(option), new RefUpdate(ref("refs/heads/a"), ONE, null, false))))
        .containsExactly("push", "--push-option=" + option, URL, ":refs/heads/a");
  }

  @Example
  void whatIsTooLongDoesNothing() throws Exception {
    List<RefUpdate> updates = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      updates.add(new RefUpdate(ref("refs/heads/branch-" + i), null, ONE, false));
    }

    String command = command(true, List.of(), updates.toArray(RefUpdate[]::new));

    assertThat(command)
        .startsWith("# The command is left out")
        .contains("2000 refs")
        .hasLineCount(1);
    assertThat(words("git once\n" + command)).containsExactly("once");
  }
}
