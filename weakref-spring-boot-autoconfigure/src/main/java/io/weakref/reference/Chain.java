package io.weakref.reference;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.weakref.cleaner.Callback;
import io.weakref.cleaner.Dequeued;
import org.jspecify.annotations.Nullable;

/**
 * The references, proxies and finalizers that one {@link Registry} knows of one referent.
 * It is itself the weak reference that tells the registry of the referent's death: the
 * collector clears it in one step with every other weak reference to that object, so by
 * the time it comes off the cleaner's queue all of them are dead, and it runs their
 * callbacks as one task, newest first.
 * <p>
 * Two lists: what is shared (without callbacks) and all the rest. All fields that change
 * are guarded by the stripe that the chain is in.
 */
final class Chain extends WeakReference<Object> implements Dequeued {

	final Registry registry;

	final int hash;

	/** The next chain of the bin. */
	@Nullable Chain next;

	private @Nullable Link newestShared;

	private @Nullable Link newest;

	Chain(Object referent, int hash, Registry registry) {
		super(referent, registry.queue());
		this.registry = registry;
		this.hash = hash;
	}

	@Override
	public void dequeued() {
		this.registry.died(this);
	}

	boolean isEmpty() {
		return this.newest == null && this.newestShared == null;
	}

	void add(Link link) {
		link.older = this.newest;
		if (this.newest != null) {
			this.newest.newer = link;
		}
		this.newest = link;
	}

	void addShared(Link link) {
		link.older = this.newestShared;
		if (this.newestShared != null) {
			this.newestShared.newer = link;
		}
		this.newestShared = link;
	}

	/**
	 * Take a link out.
	 * @return whether it was in
	 */
	boolean remove(Link link) {
		Link newer = link.newer;
		Link older = link.older;
		if (newer == link) {
			return false;
		}
		if (newer != null) {
			newer.older = older;
		}
		else if (this.newest == link) {
			this.newest = older;
		}
		else {
			this.newestShared = older;
		}
		if (older != null) {
			older.newer = newer;
		}
		link.newer = link;
		link.older = null;
		return true;
	}

	/**
	 * Find what is shared.
	 * @param referent the referent of this chain
	 * @param kind the {@link WeakRef#kind() kind}
	 * @return the shared reference, or {@code null} if nobody holds one
	 */
	@Nullable WeakRef<?> shared(Object referent, Class<?> kind) {
		for (Link link = this.newestShared; link != null; link = link.older) {
			if (link.get() instanceof WeakRef<?> ref && ref.kind() == kind && ref.isTo(referent)) {
				return ref;
			}
		}
		return null;
	}

	/**
	 * Show what refers to the referent: finalizers and references that were cleared by
	 * hand do not.
	 * @param referent the referent of this chain
	 * @param action told of each shared reference and each other one
	 */
	void forEach(Object referent, Consumer<? super WeakRefs.Found> action) {
		forEach(this.newestShared, true, referent, action);
		forEach(this.newest, false, referent, action);
	}

	private static void forEach(@Nullable Link first, boolean shared, Object referent,
			Consumer<? super WeakRefs.Found> action) {
		for (Link link = first; link != null; link = link.older) {
			if (link.get() instanceof WeakRef<?> ref && ref.isTo(referent)) {
				action.accept(new WeakRefs.Found(ref, shared, link.sequence));
			}
		}
	}

	/**
	 * Return what is to run now that the referent is dead.
	 * @return the callbacks of all that is still held by somebody, newest first
	 */
	List<Callback> callbacks() {
		List<Callback> callbacks = new ArrayList<>();
		for (Link link = this.newest; link != null; link = link.older) {
			Object owner = link.get();
			if (owner instanceof WeakRef<?> ref && ref.hasCallback()) {
				callbacks.add(new Callback(ref.source(), ref::runCallback));
			}
			else if (owner instanceof Finalizer<?> finalizer) {
				callbacks.add(new Callback(finalizer, finalizer::runCollected));
			}
		}
		return callbacks;
	}

}
