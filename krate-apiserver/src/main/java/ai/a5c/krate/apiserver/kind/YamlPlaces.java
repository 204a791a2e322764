package ai.a5c.krate.apiserver.kind;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Follows the events of a parser, which needs no stack of its own for them, and notes where each
 * value stands. Ends at the first thing that a document of this kind does not have, so that whoever
 * builds its tree afterwards finds it shallow, small and without aliases.
 */
final class YamlPlaces {
  private static final int DEEPEST = 32;
  private static final int MOST_VALUES = 20_000;
  private static final int MOST_CHARACTERS = 1 << 20;

  private final Map<String, YamlDocument.Place> places = new HashMap<>();
  private final Deque<Level> levels = new ArrayDeque<>();
  private int documents;
  private YamlDocument.Reading.@Nullable Faulty fault;

  /** A mapping or sequence that has not ended. */
  private static final class Level {
    private final String path;
    private final boolean mapping;
    private int items;
    private @Nullable String key;

    Level(String path, boolean mapping) {
      this.path = path;
      this.mapping = mapping;
    }
  }

  private YamlPlaces() {}

  static YamlPlaces of(String text) {
    var places = new YamlPlaces();
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MOST_CHARACTERS).build();
    try {
      for (Event event : new Parse(settings).parseString(text)) {
        places.follow(event);
        if (places.fault != null) {
          break;
        }
      }
    } catch (MarkedYamlEngineException e) {
      String problem = e.getProblem() == null ? "it is not YAML" : e.getProblem();
      places.fail(e.getProblemMark(), problem.replaceAll("\\s+", " "));
    } catch (RuntimeException e) {
      places.fail(Optional.empty(), "the file cannot be read: " + YamlDocument.line(e));
    }
    return places;
  }

  /** By path; the empty path is that of the document. */
  Map<String, YamlDocument.Place> places() {
    return places;
  }

  Optional<YamlDocument.Reading.Faulty> fault() {
    return Optional.ofNullable(fault);
  }

  private void follow(Event event) {
    switch (event) {
      case DocumentStartEvent start -> {
        if (++documents > 1) {
          fail(start.getStartMark(), "there is more than one document");
        }
      }
      case AliasEvent alias -> fail(alias.getStartMark(), "aliases are not allowed");
      case NodeEvent node -> node(node);
      case CollectionEndEvent end -> levels.pop();
      default -> {}
    }
  }

  private void node(NodeEvent node) {
    Optional<String> tag =
        switch (node) {
          case ScalarEvent scalar -> scalar.getTag();
          case CollectionStartEvent collection -> collection.getTag();
          default -> Optional.empty();
        };
    if (node.getAnchor().isPresent()) {
      fail(node.getStartMark(), "anchors are not allowed");
    } else if (tag.isPresent()) {
      fail(node.getStartMark(), "tags are not allowed");
    } else {
      Level level = levels.peek();
      if (level != null && level.mapping && level.key == null) {
        key(level, node);
      } else {
        value(level, node);
      }
    }
  }

  private void key(Level level, NodeEvent node) {
    if (!(node instanceof ScalarEvent scalar)) {
      fail(node.getStartMark(), "the name of a field is a string");
      return;
    }
    String path = level.path.isEmpty() ? scalar.getValue() : level.path + "." + scalar.getValue();
    level.key = path;
    if (places.containsKey(path)) {
      fail(node.getStartMark(), "duplicate field " + path);
    }
    note(path, node);
  }

  private void value(@Nullable Level level, NodeEvent node) {
    String path = "";
    if (level != null && level.mapping) {
      path = String.valueOf(level.key);
      level.key = null;
    } else if (level != null) {
      path = level.path + "[" + level.items++ + "]";
      note(path, node);
    } else if (!(node instanceof MappingStartEvent)) {
      fail(node.getStartMark(), "the document is no object");
      return;
    } else {
      note(path, node);
    }
    boolean mapping = node instanceof MappingStartEvent;
    if (mapping || node instanceof SequenceStartEvent) {
      levels.push(new Level(path, mapping));
      if (levels.size() > DEEPEST) {
        fail(node.getStartMark(), "it is nested deeper than " + DEEPEST + " levels");
      }
    }
  }

  private void note(String path, NodeEvent node) {
    if (places.size() >= MOST_VALUES) {
      fail(node.getStartMark(), "there are more than " + MOST_VALUES + " values");
      return;
    }
    places.put(path, place(node.getStartMark()));
  }

  private void fail(Optional<Mark> mark, String why) {
    if (fault == null) {
      fault = new YamlDocument.Reading.Faulty(place(mark), why);
    }
  }

  private static YamlDocument.Place place(Optional<Mark> mark) {
    return mark.map(m -> new YamlDocument.Place(m.getLine() + 1, m.getColumn() + 1))
        .orElse(new YamlDocument.Place(1, 1));
  }
}
