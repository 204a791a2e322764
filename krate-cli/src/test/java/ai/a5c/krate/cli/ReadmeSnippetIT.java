package ai.a5c.krate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** What the README shows an embedding program compiles against what is published, and works. */
class ReadmeSnippetIT {
  private static final Path README = Path.of("..", "README.md");
  private static final Pattern SNIPPET =
      Pattern.compile("(?ms)^## Embed it$.*?^```java\\n(.*?)^```$");
  private static final int LONGEST = 60;

  /** Modules that an embedding program does not name, and that nothing it names brings. */
  private static final Pattern NOT_PUBLISHED_FOR_IT =
      Pattern.compile("krate-(cli|server-helidon|testkit)|helidon|jqwik");

  @TempDir Path temporary;

  @Test
  void theForgeOfTheReadmeMergesItsPullRequest() throws Exception {
    Matcher snippet = SNIPPET.matcher(Files.readString(README));
    assertThat(snippet.find()).isTrue();
    assertThat(snippet.group(1).lines().count()).isLessThanOrEqualTo(LONGEST);
    Path classes = compile(snippet.group(1));
    List<URL> urls = new ArrayList<>(List.of(classes.toUri().toURL()));
    for (String entry : libraries()) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    // JUnit is shared with this test; everything else is loaded anew from what is published.
    try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), new JUnitOnly())) {
      Thread.currentThread().setContextClassLoader(loader);
      Events tests =
          EngineTestKit.engine("junit-jupiter")
              .selectors(selectClass(loader.loadClass("EmbeddedForgeTest")))
              .execute()
              .testEvents();
      assertThat(
              tests.failed().stream()
                  .flatMap(event -> event.getPayload(TestExecutionResult.class).stream())
                  .flatMap(result -> result.getThrowable().stream()))
          .isEmpty();
      tests.assertStatistics(all -> all.started(1).succeeded(1));
    } finally {
      Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
    }
  }

  private Path compile(String source) throws Exception {
    Path file = temporary.resolve("EmbeddedForgeTest.java");
    Files.writeString(file, source);
    Path classes = Files.createDirectories(temporary.resolve("classes"));
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-Werror",
                "-d",
                classes.toString(),
                "-cp",
                String.join(File.pathSeparator, libraries()),
                file.toString());
    assertThat(code).isZero();
    return classes;
  }

  private static List<String> libraries() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !NOT_PUBLISHED_FOR_IT.matcher(entry).find())
        .toList();
  }

  private static final class JUnitOnly extends ClassLoader {
    JUnitOnly() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("org.junit.") || name.startsWith("org.opentest4j.")) {
        return ReadmeSnippetIT.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
