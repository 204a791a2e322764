package ai.a5c.krate.api.schema;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The field is a column of {@code kubectl get}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Repeatable(Column.List.class)
public @interface Column {
  /** The heading, in capitals. */
  String value();

  /** Columns stand by ascending order, then by declaration. */
  int order() default 100;

  /** Whether only {@code -o wide} shows it. */
  boolean wide() default false;

  /**
   * The member to show of an object or list: {@code name}, of conditions {@code [Ready].status}, of
   * the last item {@code [-1].code}. Without it a list of strings shows them, any other list or a
   * map its size.
   */
  String of() default "";

  /**
   * For a time: the path of another one, such as {@code status.completionTime}. The column shows
   * how long it took from the one to the other, or to now as long as the other is absent.
   */
  String until() default "";

  /** How many characters of a text it shows: all of them if 0. */
  int first() default 0;

  /** Several columns of one field. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.RECORD_COMPONENT)
  @interface List {
    Column[] value();
  }
}
