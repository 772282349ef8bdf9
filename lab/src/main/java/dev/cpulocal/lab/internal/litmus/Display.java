// SPDX-License-Identifier: Apache-2.0
package dev.cpulocal.lab.internal.litmus;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is looked at in the final states of a test.
 *
 * @param places the places that are printed, in the order in which they are
 * @param filtered other places that the filter speaks of
 * @param types what places were declared to hold, if they were
 */
public record Display(List<Place> places, List<Place> filtered, Map<Place, Type> types) {

    /** {@return what a test looks at} */
    public static Display of(Init init, Condition condition, RegisterNames registers) {
        Set<Place> printed = new LinkedHashSet<>(condition.shown());
        condition.formula().places(printed::add);
        Set<Place> others = new LinkedHashSet<>();
        if (condition.filter() != null) {
            condition.filter().places(others::add);
        }
        others.removeAll(printed);
        Map<Place, Type> types = new HashMap<>();
        for (Init.Item item : init.items()) {
            types.put(item.place(), item.type());
        }
        List<Place> sorted = new ArrayList<>(printed);
        sorted.sort(order(registers));
        return new Display(sorted, List.copyOf(others), types);
    }

    /** Registers, then memory, then single elements of arrays. */
    private static Comparator<Place> order(RegisterNames registers) {
        Comparator<Place.Register> byRegister =
                Comparator.comparingInt(Place.Register::thread)
                        .thenComparing(Place.Register::name, registers::compare);
        Comparator<Place.Element> byElement =
                Comparator.comparing(Place.Element::array).thenComparingInt(Place.Element::index);
        return (left, right) ->
                switch (left) {
                    case Place.Register a when right instanceof Place.Register b ->
                            byRegister.compare(a, b);
                    case Place.Global(String a) when right instanceof Place.Global(String b) ->
                            a.compareTo(b);
                    case Place.Element a when right instanceof Place.Element b ->
                            byElement.compare(a, b);
                    default -> Integer.compare(rank(left), rank(right));
                };
    }

    private static int rank(Place place) {
        return switch (place) {
            case Place.Register _ -> 0;
            case Place.Global _ -> 1;
            case Place.Element _ -> 2;
        };
    }

    /** {@return all places that a final state has to give a value to, the printed ones first} */
    public List<Place> all() {
        List<Place> all = new ArrayList<>(places);
        all.addAll(filtered);
        return all;
    }

    /** {@return what a place was declared to hold} */
    public Type type(Place place) {
        if (place instanceof Place.Element(String array, int _)) {
            return types.getOrDefault(new Place.Global(array), Type.INT).element();
        }
        return types.getOrDefault(place, Type.INT);
    }

    /** {@return what formulas ask, from the values of all places} */
    public Valuation valuation(List<Value> values) {
        Map<Place, Value> byPlace = new HashMap<>();
        List<Place> all = all();
        for (int i = 0; i < all.size(); i++) {
            byPlace.put(all.get(i), values.get(i));
        }
        return new Valuation() {
            @Override
            public Value value(Place place) {
                return byPlace.getOrDefault(place, Value.of(0));
            }

            @Override
            public Type type(Place place) {
                return Display.this.type(place);
            }
        };
    }

    /** {@return a final state as it is printed, from the values of the printed places} */
    public String line(List<Value> values) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            boolean isArray = type(place).isArray();
            String name =
                    isArray && place instanceof Place.Global(String array) ? array : "" + place;
            line.append(i == 0 ? "" : " ").append(name).append('=');
            line.append(type(place).print(values.get(i))).append(';');
        }
        return line.toString();
    }
}
