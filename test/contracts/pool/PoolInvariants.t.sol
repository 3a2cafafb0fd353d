// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IPoolRedemptions} from "../../../contracts/interfaces/IPoolRedemptions.sol";
import {StakingPool} from "../../../contracts/pool/StakingPool.sol";
import {Test} from "../support/Test.sol";
import {PoolEscapes} from "./PoolEscapes.sol";
import {PoolPlayer} from "./PoolPlayer.sol";

/// @dev I1, I2, I8, I15 and I16 are checked by the handler at each step, the others here after each call.
contract PoolInvariants is Test {
    PoolEscapes private handler;
    StakingPool private pool;

    function setUp() external {
        handler = new PoolEscapes();
        pool = handler.POOL();
        targetContract(address(new PoolPlayer(handler)));
    }

    function invariant_everyStepIsAsTheRulesSay() external view {
        bytes memory reason = handler.failure();
        if (reason.length > 0) {
            assembly {
                revert(add(reason, 32), mload(reason))
            }
        }
    }

    function invariant_booksAreTheSumOfFlowsAndDifferences() external view {
        check(pool.bookedWei() == handler.bookedWei(), "I3: booked");
        check(pool.liquidWei() == handler.liquidWei(), "I3: liquid");
        check(pool.reservedWei() == handler.reservedWei(), "I3: reserved");
        uint256 sum = pool.balanceOf(0x000000000000000000000000000000000000dEaD) + pool.balanceOf(address(pool));
        for (uint256 i = 0; i < 4; i++) sum += pool.balanceOf(handler.actor(i));
        sum += pool.balanceOf(handler.treasury()) + pool.balanceOf(handler.seats()) + pool.balanceOf(handler.bonds());
        check(sum == pool.totalSupply(), "I4: shares of all are the supply");
        (uint256 feeWei, uint256 gainWei) = handler.feeAndGainWei();
        check(feeWei <= gainWei / 10, "I10: fees are a tenth of gains above the mark");
    }

    function invariant_claimsAreBackedAndPaidOnce() external view {
        check(address(pool).balance >= pool.reservedWei() + pool.liquidWei(), "I5: ETH is there");
        uint256 due = 0;
        uint256 current = pool.currentCycle();
        for (uint256 i = 0; i < 4; i++) {
            address controller = handler.actor(i);
            uint256 claimable = 0;
            for (uint256 id = 1; id <= current; id++) claimable += pool.claimableAssets(id, controller);
            due += claimable;
            // I6, I7: what was paid and what can be claimed are together what the fills owe, to a wei for each.
            uint256 owed = handler.dueWei(controller);
            uint256 have = handler.claimedWei(controller) + claimable;
            check(have + handler.fillCount() >= owed && have <= owed + handler.fillCount(), "I6, I7: due");
        }
        check(due <= pool.reservedWei(), "I7: all that is due is set aside");
    }

    function invariant_cyclesAreFilledInOrder() external view {
        uint256 current = pool.currentCycle();
        uint256 waiting = 0;
        bool earlierWaits = false;
        for (uint256 id = 1; id <= current; id++) {
            IPoolRedemptions.Cycle memory cycle = pool.cycle(id);
            (uint256 shares, uint256 filled) = handler.cycleShares(id);
            check(cycle.shares == shares && cycle.filledShares == filled, "as in the ledger");
            check(!earlierWaits || filled == 0, "I9: a later cycle was filled first");
            if (filled < shares) earlierWaits = true;
            waiting += shares - filled;
        }
        check(pool.balanceOf(address(pool)) == waiting, "I4: the escrow holds what waits");
        check(pool.queueWei() <= pool.convertToAssets(waiting) + 3, "the queue needs no more than the rate");
    }

    /// @dev Rare paths need more than one run: these play games of their own, always the same ones.
    function test_everyPathIsReached() external {
        string[26] memory paths = [
            "deposit",
            "mint",
            "request",
            "filled",
            "several cycles filled",
            "fill refused",
            "partly filled",
            "cap below the rate",
            "rate below the cap",
            "paid",
            "claimed in part",
            "start",
            "report replaced",
            "finish",
            "gain",
            "slashed",
            "loss",
            "loss within the buffers",
            "loss made up for",
            "fees minted",
            "streamed",
            "funded",
            "bond burnt",
            "fees burnt",
            "transfer",
            "stop"
        ];
        uint256[26] memory reached;
        for (uint256 game = 0; game < 6; game++) {
            PoolEscapes players = new PoolEscapes();
            for (uint256 i = 0; i < 24; i++) {
                players.play(uint256(keccak256(abi.encode(game, i))));
                check(players.failure().length == 0, "a step failed");
            }
            for (uint256 i = 0; i < 26; i++) reached[i] += players.reached(paths[i]);
            if (game % 2 == 0) players.leaveByReports();
            else players.leaveByClosing();
        }
        for (uint256 i = 0; i < 26; i++) check(reached[i] > 0, string.concat("never reached: ", paths[i]));
    }

    /// @dev I17: whatever happened, everybody gets out, by reports or by closing.
    function afterInvariant() external {
        check(handler.failure().length == 0, "a step failed");
        string[8] memory paths = ["deposit", "request", "filled", "paid", "start", "finish", "streamed", "stop"];
        uint256 reached = 0;
        for (uint256 i = 0; i < 8; i++) {
            if (handler.reached(paths[i]) > 0) reached++;
        }
        check(reached >= 4, "hardly anything happened");
        if (handler.fillCount() % 2 == 0) handler.leaveByReports();
        else handler.leaveByClosing();
    }
}
