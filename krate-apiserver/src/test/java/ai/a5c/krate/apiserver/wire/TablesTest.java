package ai.a5c.krate.apiserver.wire;

import static ai.a5c.krate.apiserver.wire.Samples.WIDGET;
import static ai.a5c.krate.apiserver.wire.Samples.json;
import static ai.a5c.krate.apiserver.wire.Samples.refusal;
import static ai.a5c.krate.apiserver.wire.Samples.value;
import static org.assertj.core.api.Assertions.assertThat;

import ai.a5c.krate.apiserver.kind.FieldPath;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.apiserver.wire.Tables.IncludeObject;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TablesTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Tables TABLES = new Tables(WIDGET, "v1", IncludeObject.METADATA);
  private static final JsonObject FULL =
      json(
          """
          {'apiVersion':'example.org/v1','kind':'Widget',
           'metadata':{'name':'w-1','namespace':'acme','resourceVersion':'7',
                       'creationTimestamp':'2026-02-25T10:00:00Z'},
           'spec':{'title':'First','size':3,'draft':true,'tags':['a','b']},
           'status':{'usedTime':'2026-03-01T11:57:30Z',
                     'conditions':[{'type':'Ready','status':'True'}]}}\
          """);
  private static final JsonObject BARE = json("{'metadata':{'name':'w-2'}}");

  @Test
  void columnsAreTheNameThoseOfTheKindAndTheAge() {
    var columns = TABLES.columnDefinitions().getValuesAs(JsonObject.class);
    assertThat(columns)
        .extracting(c -> c.getString("name") + " " + c.getString("type") + " " + c.get("priority"))
        .containsExactly(
            "Name string 0",
            "TITLE string 0",
            "SIZE integer 0",
            "READY string 0",
            "DRAFT boolean 1",
            "TAGS string 1",
            "USED date 1",
            "Age date 0");
    assertThat(columns).extracting(c -> c.getString("format")).startsWith("name", "", "");
    assertThat(columns).allMatch(c -> !c.getString("description").isEmpty());
  }

  @Test
  void cellsAreTypedAndAgesAreForPeople() {
    assertThat(TABLES.row(FULL, NOW).get("cells"))
        .isEqualTo(value("['w-1','First',3,'True',true,'a,b','2m30s','4d2h']"));
  }

  @Test
  void aTextMayBeShownByItsBeginning() {
    var column =
        new Kind.Column("HEAD", "string", "A commit.", false, FieldPath.parse("commit"), null, 12);
    assertThat(Tables.cell(column, json("{'commit':'0123456789abcdef'}"), NOW))
        .isEqualTo(value("'0123456789ab'"));
    assertThat(Tables.cell(column, json("{'commit':'0123'}"), NOW)).isEqualTo(value("'0123'"));
    assertThat(Tables.cell(column, BARE, NOW)).isEqualTo(JsonValue.NULL);
  }

  @Test
  void aDurationRunsToTheOtherTimeOrToNow() {
    var path = FieldPath.parse("status.startTime");
    var until = FieldPath.parse("status.completionTime");
    var column = new Kind.Column("DURATION", "string", "How long.", false, path, until, 0);
    JsonObject begun =
        json("{'metadata':{'name':'w'},'status':{'startTime':'2026-03-01T11:59:00Z'}}");
    JsonObject done =
        json(
            """
            {'metadata':{'name':'w'},
             'status':{'startTime':'2026-03-01T11:50:00Z','completionTime':'2026-03-01T11:50:07Z'}}\
            """);
    assertThat(Tables.cell(column, begun, NOW)).isEqualTo(value("'60s'"));
    assertThat(Tables.cell(column, done, NOW)).isEqualTo(value("'7s'"));
    assertThat(Tables.cell(column, BARE, NOW)).isEqualTo(JsonValue.NULL);
  }

  @Test
  void whatIsAbsentIsNull() {
    assertThat(TABLES.row(BARE, NOW).get("cells"))
        .isEqualTo(value("['w-2',null,null,null,null,null,null,null]"));
  }

  @Test
  void aRowCarriesAsMuchOfItsObjectAsWasAskedFor() {
    assertThat(TABLES.row(BARE, NOW).get("object"))
        .isEqualTo(
            value(
                """
                {'kind':'PartialObjectMetadata','apiVersion':'meta.k8s.io/v1',
                 'metadata':{'name':'w-2'}}\
                """));
    Tables none = new Tables(WIDGET, "v1", IncludeObject.NONE);
    assertThat(none.row(BARE, NOW).isNull("object")).isTrue();
    Tables whole = new Tables(WIDGET, "v1beta1", IncludeObject.OBJECT);
    assertThat(whole.row(FULL, NOW).get("object")).isEqualTo(FULL);
  }

  @Test
  void includeObjectIsReadFromTheQuery() {
    assertThat(IncludeObject.parse(Query.EMPTY)).isEqualTo(IncludeObject.METADATA);
    assertThat(IncludeObject.parse(Query.parse("includeObject=Object")))
        .isEqualTo(IncludeObject.OBJECT);
    assertThat(IncludeObject.parse(Query.parse("includeObject=None")))
        .isEqualTo(IncludeObject.NONE);
    assertThat(refusal(() -> IncludeObject.parse(Query.parse("includeObject=x"))).code())
        .isEqualTo(400);
  }

  @Test
  void aListIsOneTableWithTheMetadataOfTheList() {
    JsonObject table = TABLES.of(List.of(FULL, BARE), new ListMeta("42", "next", 5L), NOW);
    assertThat(table.getString("kind")).isEqualTo("Table");
    assertThat(table.getString("apiVersion")).isEqualTo("meta.k8s.io/v1");
    assertThat(table.get("metadata"))
        .isEqualTo(value("{'resourceVersion':'42','continue':'next','remainingItemCount':5}"));
    assertThat(table.getJsonArray("columnDefinitions")).hasSize(8);
    assertThat(table.getJsonArray("rows")).hasSize(2);
    assertThat(TABLES.of(List.of(), ListMeta.at("42"), NOW).get("metadata"))
        .isEqualTo(value("{'resourceVersion':'42'}"));
  }

  @Test
  void anObjectIsATableOfOneRowAtItsOwnRevision() {
    JsonObject table = TABLES.of(FULL, NOW);
    assertThat(table.get("metadata")).isEqualTo(value("{'resourceVersion':'7'}"));
    assertThat(table.getJsonArray("rows")).containsExactly(TABLES.row(FULL, NOW));
  }

  @Test
  void onlyTheFirstEventOfAWatchSaysItsColumns() {
    assertThat(TABLES.ofEvent(FULL, NOW, true)).isEqualTo(TABLES.of(FULL, NOW));
    JsonObject later = TABLES.ofEvent(FULL, NOW, false);
    assertThat(later.getJsonArray("columnDefinitions")).isEmpty();
    assertThat(later.getJsonArray("rows")).hasSize(1);
  }

  @Test
  void aListWrittenPieceByPieceIsTheSameDocument() {
    ListMeta meta = new ListMeta("42", "next", null);
    ListFrame rows = ListFrame.rows(TABLES);
    assertThat(
            json(
                rows.opening()
                    + TABLES.row(FULL, NOW)
                    + ","
                    + TABLES.row(BARE, NOW)
                    + rows.closing(meta)))
        .isEqualTo(TABLES.of(List.of(FULL, BARE), meta, NOW));
    ListFrame metadata = ListFrame.metadata("v1");
    assertThat(json(metadata.opening() + PartialMetadata.of(FULL, "v1") + metadata.closing(meta)))
        .isEqualTo(PartialMetadata.list(List.of(FULL), meta, "v1"));
    ListFrame objects = ListFrame.objects(WIDGET);
    assertThat(json(objects.opening() + objects.closing(ListMeta.at("1"))))
        .isEqualTo(
            json(
                """
                {'kind':'WidgetList','apiVersion':'example.org/v1','items':[],
                 'metadata':{'resourceVersion':'1'}}\
                """));
  }
}
