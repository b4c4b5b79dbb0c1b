package com.example;

import java.util.List;

/**
 * Listens to orders.
 *
 * @param heard what was heard
 */
record Owner(List<OrderPlaced> heard) {

	void onOrderPlaced(OrderPlaced event) {
		this.heard.add(event);
	}

}
