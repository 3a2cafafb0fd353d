// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {VoteToken} from "../../../contracts/governance/VoteToken.sol";
import {IVoteToken} from "../../../contracts/interfaces/IVoteToken.sol";
import {Handler} from "../support/Handler.sol";
import {Walk} from "../support/Walk.sol";
import {wiringOf} from "../support/WiringOf.sol";
import {SimulatedQueue} from "./SimulatedQueue.sol";

/// @dev Three holders who lock, unlock, delegate and try to pass votes on; the ledger knows what each has where.
contract VoteHandler is Handler {
    uint256 private constant UNLOCK_DELAY = 14 days;

    SimulatedQueue public immutable POOL = new SimulatedQueue();
    VoteToken public immutable VOTES;
    address[3] public holders = [address(0x1001), address(0x1002), address(0x1003)];

    uint256[3] public lockedOf;
    uint256[3] public unlockingOf;
    uint256[3] public releasedAtOf;
    uint256[3] public delegateOf = [0, 1, 2];
    uint256 public freeShares;

    constructor() {
        VOTES = new VoteToken(wiringOf(address(POOL), 1 days), TimelockController(payable(address(POOL))));
        for (uint256 i = 0; i < 3; i++) {
            vm.prank(holders[i]);
            VOTES.delegate(holders[i]);
            vm.prank(holders[i]);
            POOL.approve(address(VOTES), type(uint256).max);
        }
    }

    function wait(uint256 time) external step {
        vm.warp(block.timestamp + bound(time, 1, 5 days));
        reached["wait"]++;
    }

    function lock(uint256 from, uint256 to, uint256 shares) public step {
        shares = bound(shares, 1, 1_000 ether);
        POOL.mint(holders[from % 3], shares);
        vm.prank(holders[from % 3]);
        VOTES.depositFor(holders[to % 3], shares);
        lockedOf[to % 3] += shares;
        reached["lock"]++;
    }

    function requestUnlock(uint256 holder, uint256 shares) external step {
        holder %= 3;
        if (lockedOf[holder] == 0) lock(holder, holder, shares);
        shares = bound(shares, 1, lockedOf[holder]);
        vm.prank(holders[holder]);
        VOTES.requestUnlock(shares);
        lockedOf[holder] -= shares;
        unlockingOf[holder] += shares;
        releasedAtOf[holder] = block.timestamp + UNLOCK_DELAY;
        reached["unlock"]++;
    }

    function withdraw(uint256 holder, uint256 shares) external step {
        holder %= 3;
        bool closed = POOL.closedAt() != 0;
        bool released = closed || block.timestamp >= releasedAtOf[holder];
        uint256 allowed = (released ? unlockingOf[holder] : 0) + (closed ? lockedOf[holder] : 0);
        shares = bound(shares, 1, 2_000 ether);
        vm.prank(holders[holder]);
        try VOTES.withdrawTo(holders[holder], shares) {
            check(shares <= allowed, "more than was released");
            uint256 fromUnlocked = shares < unlockingOf[holder] ? shares : unlockingOf[holder];
            unlockingOf[holder] -= fromUnlocked;
            lockedOf[holder] -= shares - fromUnlocked;
            freeShares += shares;
            reached["withdraw"]++;
        } catch (bytes memory reason) {
            expectRefusal(reason);
            check(shares > allowed, "refused what was released");
            reached["withdraw too early"]++;
        }
    }

    function transfer(uint256 from, uint256 to, uint256 shares) external step {
        shares = bound(shares, 0, lockedOf[from % 3]);
        vm.prank(holders[from % 3]);
        vm.expectRevert(IVoteToken.NotTransferable.selector);
        VOTES.transfer(holders[to % 3], shares);
        reached["transfer"]++;
    }

    function delegate(uint256 from, uint256 to) external step {
        vm.prank(holders[from % 3]);
        VOTES.delegate(holders[to % 3]);
        delegateOf[from % 3] = to % 3;
        reached["delegate"]++;
    }

    /// @dev Closing is for ever, so it comes late or never in a run.
    function close(uint256 mood) external step {
        if (mood % 16 == 0) POOL.close();
    }
}

contract VoteTokenInvariants is Walk {
    VoteHandler private handler;
    VoteToken private votes;

    function setUp() external {
        handler = new VoteHandler();
        votes = handler.VOTES();
        targetContract(address(handler));
        _moves = [
            VoteHandler.wait.selector,
            VoteHandler.lock.selector,
            VoteHandler.requestUnlock.selector,
            VoteHandler.withdraw.selector,
            VoteHandler.transfer.selector,
            VoteHandler.delegate.selector
        ];
        _paths = ["wait", "lock", "unlock", "withdraw too early", "transfer", "delegate"];
        _play(handler, 200);
    }

    function invariant_everyVoteIsALockedShare() public view {
        uint256 locked;
        uint256 unlocking;
        for (uint256 i = 0; i < 3; i++) {
            check(votes.balanceOf(handler.holders(i)) == handler.lockedOf(i), "locked");
            (uint256 shares, ) = votes.unlockOf(handler.holders(i));
            check(shares == handler.unlockingOf(i), "unlocking");
            locked += handler.lockedOf(i);
            unlocking += handler.unlockingOf(i);
        }
        check(votes.totalSupply() == locked, "supply");
        check(handler.POOL().balanceOf(address(votes)) == locked + unlocking, "shares held");
    }

    /// @dev Unlocking shares vote for nobody.
    function invariant_votesAreWhatIsLockedNow() public view {
        uint256[3] memory expected;
        for (uint256 i = 0; i < 3; i++) {
            expected[handler.delegateOf(i)] += handler.lockedOf(i);
        }
        for (uint256 i = 0; i < 3; i++) {
            check(votes.getVotes(handler.holders(i)) == expected[i], "votes");
        }
    }

    /// @dev The rare paths of the handler, walked on purpose: its ledger agrees on each.
    function test_unlockedSharesComeBackAfterTheDelay() external {
        handler.lock(0, 0, 5 ether);
        handler.requestUnlock(0, 2 ether);
        handler.withdraw(0, 2 ether);
        check(handler.reached("withdraw") == 0, "too early");
        for (uint256 i = 0; i < 3; i++) handler.wait(5 days - 1);
        handler.withdraw(0, 2 ether);
        check(handler.reached("withdraw") == 1, "after 14 days");
        handler.withdraw(0, 1 ether);
        check(handler.reached("withdraw") == 1, "the rest is locked");
        _requireNoViolation(handler);
    }

    function test_closingReleasesLockedAndUnlockingSharesAtOnce() external {
        handler.lock(0, 0, 5 ether);
        handler.requestUnlock(0, 2 ether);
        handler.close(0);
        handler.withdraw(0, 5 ether - 1);
        check(handler.reached("withdraw") == 1, "all of it");
        _requireNoViolation(handler);
    }

    function _requireInvariants() internal view override {
        invariant_everyVoteIsALockedShare();
        invariant_votesAreWhatIsLockedNow();
    }
}
