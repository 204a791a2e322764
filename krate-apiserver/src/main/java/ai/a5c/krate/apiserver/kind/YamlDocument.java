package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.api.meta.Bytes;
import jakarta.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A YAML file of one object, written by somebody whom nobody trusts, together with the places of
 * its values. No aliases, anchors and tags: what is small stays small.
 */
public final class YamlDocument {
  private final JsonObject object;
  private final Map<String, Place> places;

  private YamlDocument(JsonObject object, Map<String, Place> places) {
    this.object = object;
    this.places = new HashMap<>(places);
  }

  /** Where something stands in a file, both counted from 1. */
  public record Place(int line, int column) {
    @Override
    public String toString() {
      return "line " + line + ", column " + column;
    }
  }

  /** What came of reading a file. */
  public sealed interface Reading {
    /** It is what it should be. */
    record Sound(YamlDocument document) implements Reading {}

    /** It is not. */
    record Faulty(Place place, String fault) implements Reading {}
  }

  /** Reads a file; never throws for what it contains. */
  public static Reading read(Bytes file) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file.toArray())).toString();
    } catch (CharacterCodingException e) {
      return new Reading.Faulty(new Place(1, 1), "the file is not UTF-8");
    }
    YamlPlaces found = YamlPlaces.of(text);
    Optional<Reading.Faulty> fault = found.fault();
    if (fault.isPresent()) {
      return fault.get();
    }
    try {
      List<JsonObject> documents = Yaml.documents(file);
      return documents.size() == 1
          ? new Reading.Sound(new YamlDocument(documents.getFirst(), found.places()))
          : new Reading.Faulty(new Place(1, 1), "the file is empty");
    } catch (RuntimeException e) {
      // Its form was sound, so this is about a value; a parser may have faults of its own.
      return new Reading.Faulty(new Place(1, 1), "the file cannot be read: " + line(e));
    }
  }

  public JsonObject object() {
    return object;
  }

  /**
   * Where the value at the path stands, such as {@code spec.steps[1].script}; if it is not there,
   * where it is missing.
   */
  public Place place(String path) {
    String at = path;
    while (true) {
      Place place = places.get(at);
      if (place != null) {
        return place;
      }
      int end = Math.max(at.lastIndexOf('.'), at.lastIndexOf('['));
      if (end <= 0) {
        return places.getOrDefault("", new Place(1, 1));
      }
      at = at.substring(0, end);
    }
  }

  static String line(RuntimeException e) {
    String message = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    return message.length() > 200 ? message.substring(0, 200) : message;
  }
}
