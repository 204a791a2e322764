package ai.a5c.krate.apiserver.kind;

import static ai.a5c.krate.api.schema.StorageBoundary.RECORDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.a5c.krate.api.schema.Column;
import ai.a5c.krate.api.schema.Default;
import ai.a5c.krate.api.schema.Description;
import ai.a5c.krate.api.schema.Immutable;
import ai.a5c.krate.api.schema.ListKeys;
import ai.a5c.krate.api.schema.Selectable;
import ai.a5c.krate.api.schema.ServerOwned;
import ai.a5c.krate.api.schema.SetOfValues;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.api.schema.Verb;
import jakarta.validation.constraints.Email;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KindReaderTest {
  private static final Kind WIDGET = KindReader.read(Widget.class);

  @ai.a5c.krate.api.schema.Kind(
      group = "toys.example.org",
      version = "v1",
      name = "Top",
      plural = "tops",
      boundary = StorageBoundary.RECORDS)
  @Description("A Top spins.")
  record Top(@Description("What is wanted.") @NotNull Spec spec) {
    record Spec(@Description("How fast.") @Default("3") int speed) {}
  }

  @ai.a5c.krate.api.schema.Kind(
      group = "toys.example.org",
      version = "v1",
      name = "Top",
      plural = "tops",
      boundary = StorageBoundary.RECORDS)
  @Description("A Top spins.")
  record TopWithOneMore(@Description("What is wanted.") @NotNull Spec spec) {
    record Spec(
        @Description("How fast.") @Default("3") int speed,
        @Description("Which way round it goes.") @Selectable @Column("DIRECTION") @Size(max = 12)
            @Nullable String direction) {}
  }

  @Test
  void oneNewComponentShowsUpInEverythingThatIsMadeOfTheKind() {
    assertThat(everything(Top.class)).noneMatch(made -> made.matches("(?is).*direction.*"));
    assertThat(everything(TopWithOneMore.class)).allMatch(made -> made.contains("irection"));
  }

  /** Schema, columns, selectors, explain's document and the reference, as text. */
  private static List<String> everything(Class<? extends Record> declaration) {
    Kind kind = KindReader.read(declaration);
    Kinds kinds = Kinds.of(List.of(kind));
    var sent =
        Json.parse(ai.a5c.krate.api.meta.Bytes.utf8("{\"spec\":{\"direction\":\"left\"}}"), 99);
    return List.of(
        kind.schema().toString(),
        kind.columns().toString(),
        kind.selectable().toString(),
        new OpenApi(kinds, "t", "v")
            .document("apis/toys.example.org/v1")
            .orElseThrow()
            .content()
            .utf8(),
        Reference.page(kinds),
        Decoder.decode(kind, sent).object().toString());
  }

  @Test
  void columnsStandByOrderThenByDeclaration() {
    assertThat(WIDGET.columns())
        .extracting(c -> c.name() + " " + c.type() + " " + c.path() + (c.wide() ? " wide" : ""))
        .containsExactly(
            "NUMBER integer status.number",
            "COLOUR string spec.colour",
            "TITLE string spec.title",
            "MADE date spec.made wide",
            "READY string status.conditions[Ready].status",
            "LAST integer status.tries[-1].code");
  }

  @Test
  void anObjectIsSelectedByItsName() {
    assertThat(WIDGET.selectable())
        .extracting(s -> s.name() + " -> " + s.path())
        .containsExactly(
            "spec.box -> spec.box",
            "status.number -> status.number",
            "status.maker -> status.maker.name");
  }

  @Test
  void constraintsOfItemsAreReadFromTheirType() {
    var spec = (Schema.ObjectSchema) WIDGET.schema().properties().get("spec").schema();
    assertThat(spec.properties().get("words").schema())
        .isEqualTo(
            new Schema.ListSchema(
                "The words it is found by.",
                new Schema.StringSchema("", Schema.Format.TEXT, List.of(), 1, 8, "[a-z]+"),
                Schema.ListType.SET,
                List.of(),
                0,
                3));
  }

  @Test
  void aRecordOnlyKindIsReadWithItsVerbs() {
    assertThat(WIDGET.verbs()).containsExactly(Verb.values());
    assertThat(WIDGET.hasStatus()).isTrue();
    assertThat(WIDGET.apiVersion()).isEqualTo("toys.example.org/v1alpha1");
  }

  private static final String G = "toys.example.org";

  static final class Wrong {
    @Description("It has no kind.")
    record NoKind() {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "x",
        plural = "xs",
        boundary = RECORDS)
    @Description("Its name is small.")
    record SmallName() {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("Its version is a number.")
    record NoVersion() {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    record Undescribed() {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A field says nothing.")
    record UndescribedField(String a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A type is not of the wire.")
    record UnknownType(@Description("A date.") Date a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A default is no number.")
    record WrongDefault(@Description("A number.") @Default("many") int a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A default is not allowed.")
    record RefusedDefault(@Description("A word.") @Default("long") @Size(max = 3) String a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A time may be absent.")
    record NoZero(@Description("A time.") Instant a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A pattern is none.")
    record WrongPattern(@Description("A word.") @Pattern(regexp = "(") String a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A constraint is not understood.")
    record UnknownConstraint(@Description("A word.") @Email String a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A constraint does not fit.")
    record MisplacedConstraint(@Description("A number.") @Size(max = 3) int a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A key is missing.")
    record NoKey(@Description("A list.") @ListKeys("b") List<Item> a) {
      record Item(@Description("A word.") String c) {}
    }

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("Objects are no set.")
    record SetOfObjects(@Description("A list.") @SetOfValues List<Item> a) {
      record Item(@Description("A word.") String c) {}
    }

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A column shows an object.")
    record ObjectColumn(@Description("An object.") @Column("A") Item a) {
      record Item(@Description("A word.") String c) {}
    }

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A column shows nothing.")
    record LostColumn(@Description("An object.") @Column(value = "A", of = "d") Item a) {
      record Item(@Description("A word.") String c) {}
    }

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("A selectable list.")
    record SelectableList(@Description("A list.") @Selectable List<String> a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("An item cannot be kept.")
    record ImmutableItem(@Description("A list.") List<Item> a) {
      record Item(@Description("A word.") @Immutable String c) {}
    }

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("The server owns what is wanted.")
    record OwnedSpec(@Description("A word.") @ServerOwned String spec) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("It contains itself.")
    record Endless(@Description("Itself.") @Nullable Endless a) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("It takes a name that is taken.")
    record Taken(@Description("Not metadata.") String metadata) {}

    @ai.a5c.krate.api.schema.Kind(
        group = G,
        version = "v1",
        name = "X",
        plural = "xs",
        boundary = RECORDS)
    @Description("It has a number as a key.")
    record NumberKey(@Description("A map.") Map<Integer, String> a) {}
  }

  static List<Object[]> faults() {
    return Arrays.asList(
        new Object[] {Wrong.NoKind.class, "it has no @Kind"},
        new Object[] {Wrong.SmallName.class, "name must be CamelCase: x"},
        new Object[] {Wrong.NoVersion.class, "not a version: 1"},
        new Object[] {Wrong.Undescribed.class, "it needs a @Description of one sentence"},
        new Object[] {Wrong.UndescribedField.class, " a: it needs a @Description"},
        new Object[] {Wrong.UnknownType.class, " a: a field cannot be of type java.util.Date"},
        new Object[] {Wrong.WrongDefault.class, " a: its default is not JSON: many"},
        new Object[] {Wrong.RefusedDefault.class, " a: its default is refused: Too long"},
        new Object[] {Wrong.NoZero.class, " a: it may be absent"},
        new Object[] {Wrong.WrongPattern.class, " a: not a regular expression: ("},
        new Object[] {Wrong.UnknownConstraint.class, " a: the constraint @Email is not understood"},
        new Object[] {Wrong.MisplacedConstraint.class, " a: @Size does not fit its type"},
        new Object[] {Wrong.NoKey.class, " a: its items have no required scalar field b"},
        new Object[] {Wrong.SetOfObjects.class, " a: only strings and numbers"},
        new Object[] {Wrong.ObjectColumn.class, " a: a column of an object says which member"},
        new Object[] {Wrong.LostColumn.class, " a: it has no d"},
        new Object[] {Wrong.SelectableList.class, " a: only a scalar field is selectable"},
        new Object[] {Wrong.ImmutableItem.class, " a[].c: @Immutable and @ServerOwned cannot"},
        new Object[] {Wrong.OwnedSpec.class, " spec: @ServerOwned is for members of status"},
        new Object[] {Wrong.Endless.class, "contain themselves"},
        new Object[] {Wrong.Taken.class, "metadata is every kind's own member"},
        new Object[] {Wrong.NumberKey.class, " a: the keys of a map are strings"});
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aWrongDeclarationIsRefusedWithItsFieldAndItsFault(
      Class<? extends Record> declaration, String fault) {
    assertThatThrownBy(() -> KindReader.read(declaration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(declaration.getName())
        .hasMessageContaining(fault);
  }
}
