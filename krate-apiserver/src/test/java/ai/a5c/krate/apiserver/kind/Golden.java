package ai.a5c.krate.apiserver.kind;

import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonObject;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Files of what must not change unnoticed; {@code -Dgolden.update} writes them anew. */
final class Golden {
  private Golden() {}

  static void assertJson(String name, Bytes json) {
    assertJson(name, Json.parse(json, Integer.MAX_VALUE).object());
  }

  static void assertJson(String name, JsonObject json) {
    var text = new StringWriter();
    var pretty = Map.of(JsonGenerator.PRETTY_PRINTING, true);
    try (var writer = JsonProvider.provider().createWriterFactory(pretty).createWriter(text)) {
      writer.write(json);
    }
    assertText(name, text.toString().strip() + "\n");
  }

  static void assertText(String name, String text) {
    try {
      if (System.getProperty("golden.update") != null) {
        Files.writeString(Path.of("src/test/resources/golden", name), text);
        return;
      }
      try (InputStream expected = Golden.class.getResourceAsStream("/golden/" + name)) {
        assertThat(text)
            .isEqualTo(read(Objects.requireNonNull(expected, "no golden file " + name)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
