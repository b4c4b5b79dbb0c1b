package io.weakref.collection;

import java.util.Iterator;

import io.weakref.reference.WeakRef;
import io.weakref.reference.WeakRefs;

/**
 * Turns what an iterator returns into references that hold nothing alive.
 *
 * @param <T> the type of the referents
 */
final class RefIterator<T> implements Iterator<WeakRef<T>> {

	private final Iterator<T> referents;

	RefIterator(Iterator<T> referents) {
		this.referents = referents;
	}

	@Override
	public boolean hasNext() {
		return this.referents.hasNext();
	}

	@Override
	public WeakRef<T> next() {
		return WeakRefs.untracked(this.referents.next());
	}

	@Override
	public void remove() {
		this.referents.remove();
	}

}
