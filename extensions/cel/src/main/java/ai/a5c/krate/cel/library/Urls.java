package ai.a5c.krate.cel.library;

import static ai.a5c.krate.cel.library.Types.BOOL;
import static ai.a5c.krate.cel.library.Types.LIST_OF_STRING;
import static ai.a5c.krate.cel.library.Types.STRING;
import static ai.a5c.krate.cel.library.Types.URL;

import ai.a5c.krate.cel.evaluation.Call;
import ai.a5c.krate.cel.evaluation.Entries;
import ai.a5c.krate.cel.evaluation.Items;
import ai.a5c.krate.cel.evaluation.NoValue;
import dev.cel.common.types.MapType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The URL library of Kubernetes. */
final class Urls {
  private static final int GROWTH = 8;

  private Urls() {}

  static void addTo(Catalog catalog) {
    catalog
        .global("url", URL, STRING)
        .global("isURL", BOOL, STRING)
        .member("getQuery", MapType.create(STRING, LIST_OF_STRING), URL)
        .serve("url", String.class, Urls::parse)
        .serve("isURL", String.class, Urls::isUrl)
        .serve("getQuery", Url.class, Urls::query);
    part(catalog, "getScheme", Url::scheme);
    part(catalog, "getHost", Url::host);
    part(catalog, "getHostname", Url::hostname);
    part(catalog, "getPort", Url::port);
    part(catalog, "getEscapedPath", Url::path);
  }

  private static void part(Catalog catalog, String name, Function<Url, String> part) {
    catalog
        .member(name, STRING, URL)
        .serve(name, Url.class, call -> part.apply(call.as(0, Url.class)));
  }

  private static Url parse(Call call) {
    String text = call.string(0);
    call.meter().string((long) GROWTH * text.length());
    return Url.parse(text);
  }

  private static boolean isUrl(Call call) {
    try {
      return parse(call).path() != null;
    } catch (NoValue e) {
      return false;
    }
  }

  private static Entries query(Call call) {
    String query = call.as(0, Url.class).query();
    call.meter().string((long) GROWTH * query.length());
    Map<String, Items> values = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      call.meter().map(1);
      add(pair, values);
    }
    Entries entries = new Entries();
    values.forEach(entries::insert);
    return entries;
  }

  private static void add(String pair, Map<String, Items> values) {
    if (pair.isEmpty() || pair.indexOf(';') >= 0) {
      return;
    }
    int equals = pair.indexOf('=');
    try {
      String key = Percent.decodedQuery(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : Percent.decodedQuery(pair.substring(equals + 1));
      values.computeIfAbsent(key, any -> new Items()).append(value);
    } catch (NoValue e) {
      // A pair that is badly encoded is left out, as Kubernetes does.
      return;
    }
  }
}
