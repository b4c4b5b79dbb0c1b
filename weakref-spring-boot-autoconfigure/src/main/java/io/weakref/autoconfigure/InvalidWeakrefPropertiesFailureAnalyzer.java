package io.weakref.autoconfigure;

import java.util.stream.Collectors;

import io.weakref.autoconfigure.InvalidWeakrefPropertiesException.Problem;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Reports for each invalid property where it is set and what to write instead.
 */
class InvalidWeakrefPropertiesFailureAnalyzer extends AbstractFailureAnalyzer<InvalidWeakrefPropertiesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidWeakrefPropertiesException cause) {
		boolean values = cause.getProblems().stream().anyMatch((problem) -> problem.value() != null);
		return new FailureAnalysis(
				cause.getProblems()
					.stream()
					.map(InvalidWeakrefPropertiesFailureAnalyzer::describe)
					.collect(Collectors.joining("%n%n".formatted())),
				values ? "Correct the value." : "Correct or remove the properties that have no effect.", cause);
	}

	private static String describe(Problem problem) {
		String what = (problem.value() != null)
				? "Invalid value '%s' for configuration property '%s'".formatted(problem.value(), problem.property())
				: "The configuration property '%s' has no effect".formatted(problem.property());
		String from = (problem.origin() != null) ? " (originating from '%s')".formatted(problem.origin()) : "";
		return "%s%s.%n%n%s".formatted(what, from, problem.reason().indent(4).stripTrailing());
	}

}
