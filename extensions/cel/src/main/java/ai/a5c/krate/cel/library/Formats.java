package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.FORMAT;
import static ai.a5c.krate.cel.library.Types.LIST_OF_STRING;
import static ai.a5c.krate.cel.library.Types.STRING;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.Items;
import ai.a5c.krate.cel.evaluation.Maybe;
import dev.cel.common.types.OptionalType;
import java.util.List;

/** The format library of Kubernetes. */
final class Formats {
  private static final int GROWTH = 8;

  private Formats() {}

  static void addTo(Catalog catalog) {
    catalog
        .global("format.named", OptionalType.create(FORMAT), STRING)
        .member("validate", OptionalType.create(LIST_OF_STRING), FORMAT, STRING)
        .serve(
            "format.named",
            String.class,
            call -> NamedFormat.of(call.string(0)).map(Maybe::of).orElse(Maybe.NONE))
        .serve("validate", NamedFormat.class, Formats::validate);
    NamedFormat.ALL.forEach(
        (name, format) ->
            catalog
                .global("format." + name, FORMAT)
                .serve("format." + name, Object.class, call -> format));
  }

  private static Maybe validate(Call call) {
    String text = call.string(1);
    call.meter().string((long) GROWTH * text.length());
    List<String> faults = call.as(0, NamedFormat.class).faults(text);
    return faults.isEmpty() ? Maybe.NONE : Maybe.of(Items.of(faults));
  }
}
