package io.weakref.collection;

import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;

import io.weakref.reference.NotReferenceableException;
import io.weakref.reference.ReferentCheck;
import io.weakref.reference.ReferentPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Applies the {@link ReferentPolicy} of one weak collection to the objects that it is to
 * hold weakly.
 */
final class ReferentGuard {

	private final String collection;

	private final ReferentPolicy policy;

	/** Whether the weak collection itself holds its referents strongly for a while. */
	private final boolean held;

	private final ReferentCheck check = new ReferentCheck();

	/**
	 * The classes for which a warning was logged. Created for the first one; guarded by
	 * this.
	 */
	private @Nullable Set<Class<?>> warned;

	ReferentGuard(String collection, ReferentPolicy policy, boolean held) {
		this.collection = collection;
		this.policy = policy;
		this.held = held;
	}

	/**
	 * Check an object that is about to be held weakly.
	 * @param referent the object
	 * @throws NotReferenceableException if the policy is strict and the object is not
	 * suitable as a weak referent
	 */
	void check(Object referent) {
		if (this.policy != ReferentPolicy.LENIENT) {
			String objection = this.held ? this.check.objectionToHeld(referent) : this.check.objectionTo(referent);
			if (objection != null) {
				object(referent.getClass(), objection);
			}
		}
	}

	private void object(Class<?> type, String objection) {
		if (this.policy == ReferentPolicy.STRICT) {
			throw new NotReferenceableException("The weak collection '%s' cannot hold a %s: %s"
				.formatted(this.collection, type.getTypeName(), objection));
		}
		synchronized (this) {
			if (this.warned == null) {
				this.warned = Collections.newSetFromMap(new WeakHashMap<>());
			}
			if (!this.warned.add(type)) {
				return;
			}
		}
		// Not a constant: creating the first logger of a JVM takes longer than creating
		// the first weak collection.
		System.getLogger(WeakCollection.class.getName())
			.log(Level.WARNING,
					"The weak collection '%s' holds a %s, whose entry may never be removed, or be removed immediately: %s"
						.formatted(this.collection, type.getTypeName(), objection));
	}

}
