// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBalanceReport} from "../../../contracts/interfaces/IBalanceReport.sol";
import {IBeaconVerifier} from "../../../contracts/interfaces/IBeaconVerifier.sol";
import {ChunkRun} from "../../../contracts/libraries/ChunkRun.sol";
import {Gwei, Slot} from "../../../contracts/libraries/Units.sol";
import {ReportSetup} from "./ReportSetup.sol";
import {SimulatedNeighbours} from "./SimulatedNeighbours.sol";

/// @dev Who is counted, and how often.
contract BalanceTallyTest is ReportSetup {
    uint256 private constant LIST_LENGTH = 1_023;
    uint256 private constant CHUNKS = (LIST_LENGTH + 3) / 4;

    function test_aBatchThatSomebodyProvedInPartIsNotRefused() external {
        for (uint256 i = 0; i < 16; i++) neighbours.addValidator(i, eth(uint64(32 + i)));
        report.start();
        prove(1, 2);
        check(report.provenCount() == 8, "the front-runner's");
        prove(0, 4);
        check(report.provenCount() == 16, "each once");
        report.finish();
        check(neighbours.bookedDifferenceWei() == int256((16 * 32 + 120) * 1 ether) - 667 ether, "difference");
    }

    function test_balancesOfOthersAreNotCounted() external {
        neighbours.addValidator(1, eth(32));
        neighbours.addForeign(0, eth(2_048));
        neighbours.addForeign(2, eth(2_048));
        report.start();
        prove(0, 1);
        check(report.isProven(1) && !report.isProven(0) && !report.isProven(2), "ours");
        report.finish();
        check(neighbours.bookedDifferenceWei() == -635 ether, "32 + 300 + 33 - 1000");
    }

    function test_freshIndexAgainstAnOlderReportDoesNotCount() external {
        neighbours.addValidator(0, eth(32));
        report.start();
        neighbours.addValidator(1, eth(2_000));
        SimulatedNeighbours.Special memory how;
        neighbours.makeSpecial(1, how);
        prove(0, 1);
        check(report.provenCount() == 1 && !report.isProven(1), "proven after the start");
        prove(0, 1);
        report.finish();
        check(neighbours.bookedDifferenceWei() == -635 ether, "32 + 300 + 33 - 1000");
    }

    function test_specialOnesAreSettled() external {
        SimulatedNeighbours.Special memory how = special();
        for (uint256 i = 0; i < 4; i++) neighbours.addValidator(126 + i, eth(100));
        how.creditedWei = 31 ether;
        neighbours.makeSpecial(126, how);
        how.creditedWei = 0;
        (how.exiting, how.expectedWei) = (true, 100 ether);
        neighbours.makeSpecial(127, how);
        (how.slashed, how.expectedWei, how.reductionWei) = (true, 0, 150 ether);
        neighbours.makeSpecial(128, how);
        report.start();
        prove(31, 2);
        check(Slot.unwrap(neighbours.slotSeen()) == report.startedAt() / 12, "the slot is known while settling");
        check(neighbours.settledIn(126) == 1 && neighbours.settledIn(128) == 1, "settled");
        check(neighbours.settledIn(129) == 0, "no need");
        report.finish();
        check(neighbours.bookedDifferenceWei() == int256(400 ether) - 181 ether - 667 ether, "difference");
        check(neighbours.bookedExpectedWei() == 100 ether, "expected");
    }

    function test_whatIsNoListOfBalancesIsRefused() external {
        for (uint256 i = 0; i < 8; i++) neighbours.addValidator(i, eth(32));
        report.start();
        IBeaconVerifier.BeaconBlockHeader memory bound = header();
        bytes[7] memory answers = [
            abi.encode(uint256(32)),
            abi.encode(uint256(64), uint256(0)),
            abi.encode(uint256(32), uint256(2), uint256(1)),
            abi.encode(uint256(32), uint256(1), uint256(1), uint256(1)),
            abi.encode(uint256(32), type(uint256).max),
            bytes.concat(abi.encode(uint256(32), uint256(1), uint256(1)), hex"00"),
            abi.encode(uint256(32), uint256(8), [uint256(1) << 68, 1, 1, 1, 1, 1, 1, 1])
        ];
        for (uint256 i = 0; i < answers.length; i++) {
            neighbours.answerWith(answers[i]);
            vm.expectRevert(IBalanceReport.MalformedBalances.selector);
            report.prove(bound, proofOf(0, 2));
        }
        neighbours.answerWith("");
        prove(0, 2);
        check(report.provenCount() == 8, "the right answer is taken");
    }

    /// @dev A penalty above the balance must not stop a report for ever.
    function test_reductionsBelowZeroDoNotStopTheReport() external {
        neighbours.addValidator(0, eth(1));
        SimulatedNeighbours.Special memory how = special();
        (how.slashed, how.reductionWei, how.creditedWei) = (true, 2_048 ether, 31 ether);
        neighbours.makeSpecial(0, how);
        report.start();
        prove(0, 1);
        report.finish();
        check(neighbours.bookedDifferenceWei() == 1 ether - 2_079 ether - 667 ether, "difference");
    }

    /// @dev I12: every validator counts once, whatever the order, the batches and the repetitions.
    function testFuzz_anyOrderAndBatchesGiveTheSameTotal(uint256 seed) external {
        int256 expected = _randomValidators(seed);
        report.start();
        uint256 ours = report.validatorCount();
        for (uint256 i = 0; i < 12; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            report.prove(header(), _randomProof(seed));
        }
        for (uint256 chunk = 0; chunk < CHUNKS; chunk += 64) prove(chunk, chunk + 64 > CHUNKS ? CHUNKS - chunk : 64);
        check(report.provenCount() == ours && ours > 100, "each once");
        report.finish();
        check(neighbours.bookedDifferenceWei() == expected - 667 ether, "difference");
    }

    function _randomValidators(uint256 seed) private returns (int256 sumWei) {
        for (uint256 index = 0; index < LIST_LENGTH; index++) {
            uint256 random = uint256(keccak256(abi.encode(seed, index)));
            Gwei balance = Gwei.wrap(uint64((random >> 8) % 2_048e9));
            if (random % 4 == 0) {
                neighbours.addForeign(index, balance);
                continue;
            }
            neighbours.addValidator(index, balance);
            sumWei += int256(balance.toWei());
            if (random % 32 == 1) sumWei -= _makeSpecial(index, random >> 128);
        }
    }

    function _makeSpecial(uint256 index, uint256 random) private returns (int256 takenWei) {
        SimulatedNeighbours.Special memory how = special();
        how.creditedWei = random % 2_047 ether;
        how.slashed = random & 1 == 1;
        how.reductionWei = int256(random % 3 ether) - 1 ether;
        neighbours.makeSpecial(index, how);
        return int256(how.creditedWei) + (how.slashed ? how.reductionWei : int256(0));
    }

    function _randomProof(uint256 seed) private pure returns (IBeaconVerifier.BalancesProof memory proof) {
        proof.runs = new ChunkRun[](1 + (seed % 9));
        uint256 next = 0;
        for (uint256 i = 0; i < proof.runs.length; i++) {
            uint256 room = (CHUNKS - next) / (proof.runs.length - i);
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            uint256 skip = random % room;
            uint256 count = 1 + ((random >> 128) % (room - skip));
            proof.runs[i] = run(next + skip, count);
            next += skip + count;
        }
    }
}
