package io.weakref.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;

/**
 * Thrown when properties below {@code weakref} would have no effect or have invalid
 * values.
 */
class InvalidWeakrefPropertiesException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final transient List<Problem> problems;

	InvalidWeakrefPropertiesException(List<Problem> problems) {
		super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
		this.problems = List.copyOf(problems);
	}

	InvalidWeakrefPropertiesException(Problem problem) {
		this(List.of(problem));
	}

	List<Problem> getProblems() {
		return this.problems;
	}

	/**
	 * A problem with one property.
	 *
	 * @param property its name
	 * @param value the invalid value, or null if the name is invalid
	 * @param origin where the property is set, if that is known
	 * @param reason what is wrong and what to write instead, in full sentences
	 */
	record Problem(String property, @Nullable Object value, @Nullable Origin origin, String reason) {

		static Problem ofName(String property, @Nullable Origin origin, String reason) {
			return new Problem(property, null, origin, reason);
		}

		@Override
		public String toString() {
			return (this.value != null)
					? "Invalid value '%s' for '%s': %s".formatted(this.value, this.property, this.reason)
					: "'%s' has no effect: %s".formatted(this.property, this.reason);
		}

	}

}
