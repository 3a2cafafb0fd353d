// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Generations} from "../../../contracts/operators/sets/Generations.sol";
import {Obligations} from "../../../contracts/operators/sets/Obligations.sol";
import {SeatWords} from "../../../contracts/operators/sets/SeatWords.sol";
import {Test} from "../support/Test.sol";

/// @dev The packed words of sets against plain arrays. A number that does not fit must revert: cut off, it would be another
/// operator, set or generation.
contract WordsTest is Test {
    using Generations for uint256;
    using Obligations for uint256;
    using SeatWords for uint256;

    function testFuzz_sevenNumbersSurviveTheirWord(uint32[7] calldata given, uint8 seat, uint32 other) external pure {
        uint256[7] memory numbers;
        for (uint256 i = 0; i < 7; i++) numbers[i] = given[i];
        uint256 word = SeatWords.pack(numbers).replaced(seat % 7, other);
        numbers[seat % 7] = other;
        uint256[7] memory unpacked = word.unpack();
        for (uint256 i = 0; i < 7; i++) {
            check(unpacked[i] == numbers[i] && word.numberAt(i) == numbers[i], "number");
        }
    }

    function testFuzz_numberThatDoesNotFitIsRefused(uint256 number, uint8 seat) external {
        uint256[7] memory numbers;
        numbers[seat % 7] = bound(number, uint256(type(uint32).max) + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(SeatWords.NumberTooLarge.selector, numbers[seat % 7]));
        this.pack(numbers);
    }

    /// @dev A walk of changes against a plain list, to the eighth set and past it.
    function testFuzz_obligationsAreAListOfEight(uint256 seed) external {
        uint8[12] memory flags;
        uint256 word;
        uint256 held;
        for (uint256 i = 0; i < 40; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 setId = 1 + (seed % 12);
            uint8 value = uint8((seed >> 8) % 3 == 0 ? 0 : 1 + ((seed >> 16) % 15));
            bool isNew = flags[setId - 1] == 0;
            if (isNew && held == Obligations.MAXIMUM) {
                vm.expectRevert(abi.encodeWithSelector(Obligations.TooManySets.selector, Obligations.MAXIMUM));
                this.withFlags(word, setId, value);
                continue;
            }
            if (isNew && value != 0) held++;
            if (!isNew && value == 0) held--;
            word = word.withFlags(setId, value);
            flags[setId - 1] = value;
            for (uint256 id = 1; id <= 12; id++) check(word.flagsIn(id) == flags[id - 1], "flags");
        }
    }

    function testFuzz_setThatDoesNotFitIsRefused(uint256 setId) external {
        setId = bound(setId, uint256(type(uint24).max) + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(Obligations.SetIdTooLarge.selector, setId));
        this.withFlags(0, setId, 1);
    }

    function testFuzz_fourthNewestIsThatOfTheSortedList(
        uint16[7] calldata renewed,
        uint16[7] calldata joined
    ) external pure {
        uint256 word;
        for (uint256 i = 0; i < 7; i++) word = word.withRenewed(i, renewed[i]).withJoined(i, joined[i]);
        uint256 atLeast;
        uint256 above;
        uint256 fourth = word.fourthNewest();
        for (uint256 i = 0; i < 7; i++) {
            check(word.joinedAt(i) == joined[i], "joined");
            if (renewed[i] >= fourth) atLeast++;
            if (renewed[i] > fourth) above++;
        }
        check(atLeast >= 4 && above < 4, "fourth");
    }

    function testFuzz_generationThatDoesNotFitIsRefused(uint256 generation, uint8 seat) external {
        generation = bound(generation, uint256(type(uint16).max) + 1, type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(Generations.GenerationTooLarge.selector, generation));
        this.withJoined(seat % 7, generation);
    }

    function pack(uint256[7] calldata numbers) external pure returns (uint256) {
        return SeatWords.pack(numbers);
    }

    function withFlags(uint256 word, uint256 setId, uint8 flags) external pure returns (uint256) {
        return word.withFlags(setId, flags);
    }

    function withJoined(uint256 index, uint256 generation) external pure returns (uint256) {
        return uint256(0).withJoined(index, generation);
    }
}
