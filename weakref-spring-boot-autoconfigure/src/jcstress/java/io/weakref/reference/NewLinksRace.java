package io.weakref.reference;

import java.lang.ref.Reference;

import org.jspecify.annotations.Nullable;

/**
 * Links on the stack of one stripe, for a race of two threads that use the same row.
 */
class NewLinksRace {

	private static final int COUNT = 3;

	private final NewLinks newLinks = new NewLinks(1, 0);

	private final WeakRef<?> ref = new WeakRef<>(this);

	private final ChainLink[] links = new ChainLink[COUNT];

	NewLinksRace() {
		ReferenceRegistry.Stripe stripe = ReferenceRegistry.sharing().stripe(0);
		for (int i = 0; i < COUNT; i++) {
			this.links[i] = new ChainLink.OfRef(this.ref, i, stripe, null);
		}
		push(0);
	}

	final void push(int link) {
		this.newLinks.push(0, this.links[link]);
	}

	final boolean pop(int link) {
		return this.newLinks.pop(0, 0, this.links[link]);
	}

	/** The links from the newest to the oldest, as the digits of a number. */
	final int popAll() {
		int digits = 0;
		for (ChainLink link = first(); link != null; link = link.next) {
			digits = digits * 10 + link.hash + 1;
		}
		Reference.reachabilityFence(this.ref);
		return digits;
	}

	private @Nullable ChainLink first() {
		return this.newLinks.isEmpty(0, 0) ? null : this.newLinks.popAll(0, 0);
	}

}
