package io.weakref.collection;

import java.util.Iterator;

import io.weakref.reference.WeakRef;
import io.weakref.reference.WeakRefs;

/**
 * Turns the elements of an iterator into weak references to them.
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
