package io.weakref.retention;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What holds some of the entries of a weak collection: the shortest strong path from a
 * root to their weak sides, which has the same shape for all of them.
 *
 * @param entries how many of the examined entries it holds
 * @param root where the path begins
 * @param steps the fields on the way, as {@code class.field}; arrays and the internals of
 * maps are left out
 * @param note explains the path, or {@code null} if it needs no explanation
 * @since 0.1.0
 */
public record RetentionPath(int entries, RetentionRoot root, List<String> steps, @Nullable String note) {

	public RetentionPath {
		steps = List.copyOf(steps);
	}

}
